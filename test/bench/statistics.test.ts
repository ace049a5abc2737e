import { expect, test } from "vitest";
import { median, quantile, spread } from "./statistics.ts";

test("a median is the middle, and of an even number the mean of the two middles", () => {
  expect(median([5, 1, 9])).toBe(5);
  expect(median([4, 1, 9, 2])).toBe(3);
  expect(median([])).toBeNaN();
});

test("a quantile lies between its neighbours", () => {
  const hundred = Array.from({ length: 101 }, (_, i) => 100 - i);
  expect(quantile(hundred, 0.99)).toBe(99);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
});

test("one wild round does not make a spread", () => {
  expect(spread([10, 10, 10, 10, 1000])).toBe(0);
  expect(spread([8, 9, 10, 11, 12])).toBeCloseTo(0.1);
});
