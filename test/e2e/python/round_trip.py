"""A stream, then a tool call and its result, through OpenAI's SDK for Python: `round_trip.py BASE_URL MODEL…`. Prints one JSON object a model."""

import json
import sys

import openai

base_url, models = sys.argv[1], sys.argv[2:]
client = openai.OpenAI(base_url=base_url, api_key="sk-client", max_retries=0)
tools = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


def stream(model: str) -> dict:
    """The text, the finish reasons and the usage of a streamed answer."""
    text, finish, usage = "", [], None
    chunks = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Grüße aus Python"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    for chunk in chunks:
        for choice in chunk.choices:
            text += choice.delta.content or ""
            if choice.finish_reason:
                finish.append(choice.finish_reason)
        usage = chunk.usage or usage
    return {"text": text, "finish": finish, "counted": usage.total_tokens == usage.prompt_tokens + usage.completion_tokens > 0}


def tool_round_trip(model: str) -> str:
    """What the model says once it has the result of the function that it called, in a stream."""
    messages = [{"role": "user", "content": 'use the tool get_weather with {"city":"Lima"}'}]
    with client.chat.completions.stream(model=model, messages=messages, tools=tools) as events:
        message = events.get_final_completion().choices[0].message
    call = message.tool_calls[0]
    city = json.loads(call.function.arguments)["city"]
    made = {"id": call.id, "type": "function", "function": {"name": call.function.name, "arguments": call.function.arguments}}
    messages += [
        {"role": "assistant", "content": message.content, "tool_calls": [made]},
        {"role": "tool", "tool_call_id": call.id, "content": f"fog in {city}"},
    ]
    answer = client.chat.completions.create(model=model, messages=messages, tools=tools)
    return answer.choices[0].message.content


def refusal(model: str) -> list:
    """The class, status and code of the error for a model that isn't there."""
    try:
        client.chat.completions.create(model="none-" + model, messages=[{"role": "user", "content": "Hi"}])
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.code, error.param]
    return []


for model in models:
    print(json.dumps({"model": model, "stream": stream(model), "tool": tool_round_trip(model), "refusal": refusal(model)}))
