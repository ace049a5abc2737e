import { Body } from "./body.ts";
import type { HeaderMap } from "./headers.ts";
import { DataStatus, HeadersStatus } from "./abi.ts";

/** One filter's half for one way (requests or answers). */
export interface Half {
  headers(map: HeaderMap, end: boolean): number;
  data(body: Body, end: boolean): number;
  /** 0 goes on, anything else stops. */
  trailers(map: HeaderMap): number;
}

/** What stands behind the last filter: router, codec of a provider, or client. It drains the bodies that it is given. */
export interface Sink {
  headers(map: HeaderMap, end: boolean): void;
  data(body: Body, end: boolean): void;
  trailers(map: HeaderMap): void;
}

type State = "go" | "stop" | "stop-all-buffer" | "stop-all-watermark";

interface Place {
  readonly half: Half;
  readonly index: number;
  state: State;
  headersContinued: boolean;
  ended: boolean;
  fromHere: boolean;
}

/**
 * One way through a filter chain, by Envoy's rules of iteration: who is called next, what is buffered while a filter holds, and what is given on when it lets go.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/intro/arch_overview/http/http_filters
 */
export class Pipe {
  map: HeaderMap | null = null;
  trailerMap: HeaderMap | null = null;
  /** What filters hold back (and, on the request's way, what the router keeps for retries). */
  buffered: Body | null = null;
  /** The last byte (or trailer) has come into the pipe. */
  ended = false;
  /** Nothing moves any more: reset, or a reply that takes another way. */
  aborted = false;
  /** A reply has taken another way while no callback of this pipe ran. */
  abandoned = false;
  /** Reached the sink's headers. */
  delivered = false;
  readonly #places: Place[];
  readonly #sink: Sink;
  readonly #limit: () => number;
  readonly #tooLarge: () => void;
  readonly #afterCallback: () => void;
  #streaming = false;
  /** The callback of this pipe that runs now. */
  #running: "headers" | "data" | "trailers" | null = null;

  constructor(halves: readonly Half[], sink: Sink, limit: () => number, tooLarge: () => void, afterCallback: () => void) {
    this.#places = halves.map((half, index) => ({ half, index, state: "go", headersContinued: false, ended: false, fromHere: false }));
    this.#sink = sink;
    this.#limit = limit;
    this.#tooLarge = tooLarge;
    this.#afterCallback = afterCallback;
  }

  /** Is a callback of this pipe running now? */
  get running(): boolean {
    return this.#running !== null;
  }

  /** More is held back than the limit allows while streaming: whoever sends has to wait. */
  get full(): boolean {
    return this.#streaming && this.buffered !== null && this.buffered.length > this.#limit();
  }

  headers(map: HeaderMap, end: boolean): void {
    if (this.aborted) return;
    this.map = map;
    if (end) this.ended = true;
    this.#headersFrom(0, map, end);
  }

  data(body: Body, end: boolean): void {
    if (this.aborted) return;
    if (end) this.ended = true;
    this.#dataFrom(0, body, end);
  }

  trailers(map: HeaderMap): void {
    if (this.aborted) return;
    this.trailerMap = map;
    this.ended = true;
    this.#trailersFrom(0, map);
  }

  /** The filter at `index` lets go (`continueDecoding`, `continueEncoding`). False: there is nothing that it holds. */
  resume(index: number): boolean {
    // After a reply from within the pipe, Envoy lets go of nothing any more; after one from elsewhere it goes on to the filters behind, and crashes.
    if (this.aborted) return !this.abandoned;
    const place = this.#places[index]!;
    if (place.state === "go") return false;
    this.#continue(place);
    return true;
  }

  /** Adds to what is held back (`addDecodedData`). `streaming` data over the limit stops the sender; other data over the limit is too large. */
  hold(body: Body, streaming: boolean): void {
    this.#streaming = streaming;
    this.#buffer(body);
  }

  /** Trailers made by the filter that sees the end of the body. */
  addTrailers(map: HeaderMap): HeaderMap {
    return (this.trailerMap ??= map);
  }

  #headersFrom(from: number, map: HeaderMap, end: boolean): void {
    for (let i = from; i < this.#places.length; i++) {
      const place = this.#places[i]!;
      place.ended = end;
      this.#running = "headers";
      const status = place.half.headers(map, end);
      this.#running = null;
      this.#afterCallback();
      if (this.aborted) return;
      if (status === HeadersStatus.Continue || status === HeadersStatus.ContinueAndEndStream) {
        place.headersContinued = true;
        // A local reply or `proxy_continue_stream` inside the callback may have taken the pipe on already.
        continue;
      }
      place.state =
        status === HeadersStatus.StopIteration
          ? "stop"
          : status === HeadersStatus.StopAllAndBuffer
            ? "stop-all-buffer"
            : "stop-all-watermark";
      return;
    }
    this.delivered = true;
    this.#sink.headers(map, end);
  }

  #dataFrom(from: number, body: Body, end: boolean): void {
    const trailersBefore = this.trailerMap !== null;
    let trailersAddedAt = -1;
    for (let i = from; i < this.#places.length; i++) {
      const place = this.#places[i]!;
      if (place.state === "stop-all-buffer" || place.state === "stop-all-watermark") {
        this.#streaming = place.state === "stop-all-watermark";
        this.#buffer(body);
        return;
      }
      if (place.ended) return;
      const last = end && this.trailerMap === null;
      place.ended = last;
      this.#running = "data";
      const status = place.half.data(body, last);
      this.#running = null;
      this.#afterCallback();
      if (this.aborted) return;
      if (!trailersBefore && this.trailerMap !== null && trailersAddedAt < 0) trailersAddedAt = i;
      if (!this.#afterData(place, status, body)) return;
    }
    this.#sink.data(body, end && this.trailerMap === null);
    if (trailersAddedAt >= 0 && !this.aborted) this.#trailersFrom(trailersAddedAt + 1, this.trailerMap!);
  }

  #trailersFrom(from: number, map: HeaderMap): void {
    for (let i = from; i < this.#places.length; i++) {
      const place = this.#places[i]!;
      if (place.state === "stop-all-buffer" || place.state === "stop-all-watermark") return;
      this.#running = "trailers";
      const status = place.half.trailers(map);
      this.#running = null;
      this.#afterCallback();
      place.ended = true;
      if (this.aborted) return;
      if (status !== 0) return;
      if (place.state === "stop") {
        this.#continue(place);
        return;
      }
    }
    this.#sink.trailers(map);
  }

  /** True: the next filter gets the same body. */
  #afterData(place: Place, status: number, body: Body): boolean {
    if (status === DataStatus.Continue) {
      if (place.state !== "stop") return true;
      this.#buffer(body);
      if (!this.aborted) this.#continue(place);
      return false;
    }
    place.state = "stop";
    if (status === DataStatus.StopAndBuffer || status === DataStatus.StopAndWatermark) {
      this.#streaming = status === DataStatus.StopAndWatermark;
      this.#buffer(body);
    } else if (this.ended && this.trailerMap === null && this.buffered === null) {
      this.buffered = new Body();
    }
    return false;
  }

  #continue(place: Place): void {
    if (place.state === "stop-all-buffer" || place.state === "stop-all-watermark") place.fromHere = true;
    place.state = "go";
    const trailersBefore = this.trailerMap !== null;
    const next = place.fromHere ? place.index : place.index + 1;
    if (!place.headersContinued) {
      place.headersContinued = true;
      this.#headersFrom(place.index + 1, this.map!, this.ended && this.buffered === null && !trailersBefore);
    }
    if (this.buffered !== null && !this.aborted) this.#dataFrom(next, this.buffered, this.ended && !trailersBefore);
    if (trailersBefore && !this.aborted) this.#trailersFrom(next, this.trailerMap!);
    place.fromHere = false;
  }

  #buffer(body: Body): void {
    if (this.buffered !== body) {
      this.buffered ??= new Body();
      this.buffered.move(body);
    }
    if (this.buffered.length > this.#limit() && !this.#streaming) this.#tooLarge();
  }
}
