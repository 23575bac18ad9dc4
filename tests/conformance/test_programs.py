"""Programs over JSON lines: good ones in every manner of writing, and each way to fail with its exact error."""

import json
import os
import select
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klexact.conformance.answers import Answer
from klexact.conformance.processes import MAX_LINE, Process, command_of
from klexact.conformance.programs import Prompt, answer_in, ask
from klexact.errors import InvalidFileError, KLExactError
from klexact.formats import FORMATS, rounded
from klexact.golden.cases import Case, View
from klexact.golden.generators import described

READ = "import json, os, signal, sys, time\nprompts = (json.loads(line) for line in sys.stdin)\n"
SAY = "def say(prompt, **reply):\n    print(json.dumps({'id': prompt['id']} | reply), flush=True)\n"


def program(*lines: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", READ + SAY + "\n".join(lines)]


def each(*lines: str) -> list[str]:
    """Return a program that runs lines for every prompt; i counts its bits upwards from 0."""
    return program("for prompt in prompts:", "    i = int(prompt['p'][0], 16)", *(f"    {line}" for line in lines))


def case(i: int, **inputs: object) -> Case:
    view = View("binary16", exact_inputs=True, inputs={"p": [f"{i:04x}"]}, kind="finite", flags=())
    return Case(
        "entropy", "raw", "nat", {"p": "vector"}, f"entropy-{i}", "", "core", inputs, {}, 1, (), "", {"binary16": view}
    )


def prompts(n: int) -> list[Prompt]:
    return [Prompt(case(i, p=["1"]), "binary16") for i in range(n)]


def bits(*of: int) -> dict[str, Answer]:
    return {f"entropy-{i}:binary16": Answer(bits=f"{i:04x}") for i in of}


ECHO = "say(prompt, bits=prompt['p'][0])"
GOOD = each(ECHO)


def test_a_prompt_is_the_line_of_the_protocol() -> None:
    generated = case(7, p=described("ramp", 3, shift=2))
    assert Prompt(generated, "binary16").line() == (
        '{"id":"entropy-7:binary16","function":"entropy","variant":"raw","unit":"nat","dtype":"binary16",'
        '"p":["3400","3800","3a00"]}'
    )


@pytest.mark.parametrize("n", [1, 2, 500])
def test_a_good_program_is_heard(n: int) -> None:
    heard: list[int] = []
    assert ask(GOOD, prompts(n), progress=heard.append) == bits(*range(n))
    assert heard == [1] * n


@pytest.mark.parametrize(
    "lines",
    [
        ("for prompt in list(prompts)[::-1]:", f"    {ECHO}"),
        ("replies = [json.dumps({'id': x['id'], 'bits': x['p'][0]}) for x in prompts]", "print(*replies, sep='\\n')"),
        (
            "out = open(1, 'w', 1 << 20)",
            "for x in prompts: out.write(json.dumps({'bits': x['p'][0], 'id': x['id']}) + '\\r\\n')",
        ),
        (
            "for x in prompts:",
            "    sys.stdout.write(json.dumps({'id': x['id'], 'value': '0x1p0'}) + chr(10) * (x['p'][0] != '012b'))",
        ),
    ],
    ids=["backwards", "at the end", "buffered, with carriage returns", "no newline at the end"],
)
def test_answers_come_in_any_order_and_packing(lines: tuple[str, ...]) -> None:
    found = ask(program(*lines), prompts(300))
    ones = {key: Answer(bits="3c00") for key in bits(*range(300))}
    assert found == (ones if "0x1p0" in lines[-1] else bits(*range(300)))


def test_every_kind_of_answer() -> None:
    replies = [
        "'value': '0.1'",
        "'value': '-inf'",
        "'value': 'nan'",
        "'error': 'p < 0'",
        "'skip': 'no entropy'",
        "'error': ''",
    ]
    found = ask(each(f"say(prompt, **[{', '.join(f'{{{r}}}' for r in replies)}][i])"), prompts(6))
    assert list(found.values()) == [
        Answer(bits="2e66"),
        Answer(bits="fc00"),
        Answer(bits="7e00"),
        Answer(error="p < 0"),
        Answer(skip="no entropy"),
        Answer(error="no reason given"),
    ]


CRASHES = {
    "sys.exit(3)": "ended with exit code 3",
    "os.kill(os.getpid(), signal.SIGSEGV)": "was ended by signal 11 (SIGSEGV)",
    "sys.exit(0)": "ended with exit code 0 and without a reply to entropy-5:binary16",
    "raise RuntimeError('no such p')": "RuntimeError: no such p",
}


@pytest.mark.parametrize("crash", CRASHES)
def test_a_crash_is_the_answer_to_its_prompt(crash: str) -> None:
    found = ask(each(f"if i == 5: {crash}", ECHO), prompts(12))
    said = found.pop("entropy-5:binary16")
    assert said.fault
    assert said.error is not None
    assert said.error.startswith("the program ")
    assert CRASHES[crash] in said.error
    assert found == bits(*set(range(12)) - {5})


@pytest.mark.parametrize("lost", [(40,), (3, 40, 41, 99)])
def test_a_crash_that_loses_buffered_answers_is_ascribed_to_its_own_prompt(lost: tuple[int, ...]) -> None:
    buffered = program(
        "for prompt in prompts:",
        f"    if int(prompt['p'][0], 16) in {lost}: os._exit(9)",
        "    print(json.dumps({'id': prompt['id'], 'bits': prompt['p'][0]}))",
    )
    found = ask(buffered, prompts(100), restarts=100)
    assert [key for key, answer in found.items() if answer.fault] == [f"entropy-{i}:binary16" for i in lost]
    assert {key: answer for key, answer in found.items() if not answer.fault} == bits(*set(range(100)) - set(lost))


def test_a_program_that_always_crashes_is_started_so_many_times(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    start = f"open({str(starts)!r}, 'a').write('x')"
    command = program(start, "for prompt in prompts:", "    if int(prompt['p'][0], 16): sys.exit(2)", f"    {ECHO}")
    found = ask(command, prompts(30), restarts=4)
    assert len(starts.read_text()) == 5
    assert found.pop("entropy-0:binary16") == bits(0)["entropy-0:binary16"]
    assert all(answer.fault for answer in found.values())
    texts = [answer.error or "" for answer in found.values()]
    assert texts[0] == texts[1] == "the program ended with exit code 2"
    assert texts[2:] == ["not answered: the program failed 5 times, the last time it ended with exit code 2"] * 27


def test_a_program_that_never_answers_is_refused() -> None:
    with pytest.raises(
        KLExactError, match="must answer a prompt; found that it failed 5 times, and ended with exit code 2"
    ):
        ask(program("sys.exit(2)"), prompts(30), restarts=4)
    said = "its standard error says 'TypeError: no number'"
    with pytest.raises(KLExactError, match=said):
        ask(
            program(
                "sys.stderr.write('x.js:1\\n' * 99 + 'TypeError: no number\\n    at Error (x.js:1)\\n'); sys.exit(1)"
            ),
            prompts(9),
            restarts=1,
        )


def test_without_restarts_what_is_left_has_no_answer() -> None:
    found = ask(each("if i == 2: sys.exit(6)", ECHO), prompts(4), restarts=0)
    lost = Answer(error="not answered: the program failed 1 times, the last time it ended with exit code 6", fault=True)
    assert found == bits(0, 1) | dict.fromkeys(["entropy-2:binary16", "entropy-3:binary16"], lost)


def test_a_hang_is_ended_and_the_rest_is_asked() -> None:
    found = ask(each("if i == 1: signal.pause()", ECHO), prompts(3), timeout=1)
    said = found.pop("entropy-1:binary16")
    assert said == Answer(error="the program neither took nor wrote a line for 1 s, and was killed", fault=True)
    assert found == bits(0, 2)


def test_a_program_that_closes_its_output_and_stays_is_ended() -> None:
    found = ask(program("os.close(1)", "signal.pause()"), prompts(1), timeout=1)
    (said,) = found.values()
    assert said.error == "the program closed its output and did not end for 1 s, and was killed"


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """Yield a pipe and its reading end: it stays open for as long as a process lives that opened it to write."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    yield path, reader
    os.close(reader)


def is_closed_after(reader: int, text: bytes) -> bool:
    for expected in (text, b""):
        ready, _, _ = select.select([reader], [], [], 30)
        assert ready, "a process holds the pipe open"
        assert os.read(reader, 10) == expected
    return True


def test_no_child_of_a_hanging_program_stays(pipe: tuple[Path, int]) -> None:
    path, reader = pipe
    hanging = program(
        f"held = os.open({str(path)!r}, os.O_WRONLY)", "os.fork()", "os.write(held, b'x')", "signal.pause()"
    )
    (said,) = ask(hanging, prompts(1), timeout=1).values()
    assert said.error == "the program neither took nor wrote a line for 1 s, and was killed"
    assert is_closed_after(reader, b"xx")


def test_a_child_that_outlives_its_program_is_ended_and_the_program_is_named_by_its_end(pipe: tuple[Path, int]) -> None:
    path, reader = pipe
    leaving = program(f"held = os.open({str(path)!r}, os.O_WRONLY)", "if os.fork(): os._exit(5)", "signal.pause()")
    (said,) = ask(leaving, prompts(1), timeout=1).values()
    assert said.error == "the program ended with exit code 5"
    assert is_closed_after(reader, b"")


@pytest.mark.parametrize("kind", [KeyboardInterrupt, RuntimeError])
def test_no_child_stays_after_an_interrupt(pipe: tuple[Path, int], kind: type[BaseException]) -> None:
    path, reader = pipe

    def interrupt(n: int) -> None:
        raise kind

    lines = (
        f"held = os.open({str(path)!r}, os.O_WRONLY)",
        "os.write(held, b'x')",
        "for prompt in prompts:",
        f"    {ECHO}",
    )
    with pytest.raises(kind):
        ask(program(*lines, "signal.pause()"), prompts(1), progress=interrupt)
    assert is_closed_after(reader, b"x")


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("say(prompt)", "exactly one of bits, value, error, skip; found nothing"),
        ("say(prompt, bits='3c00', value='1')", "exactly one of bits, value, error, skip; found 'bits', 'value'"),
        ("say(prompt, answer='1')", "found 'answer'"),
        ("say(prompt, bits='3c000000')", "binary16 takes 4 lower-case hexadecimal digits; found '3c000000'"),
        ("say(prompt, bits='3C00')", "binary16 takes 4 lower-case hexadecimal digits; found '3C00'"),
        ("say(prompt, bits='')", "found ''"),
        ("say(prompt, value=0.5)", "the value of an answer must be text in quotes; found '0.5'"),
        ("say(prompt, error=None)", "the error of an answer must be text in quotes; found 'null'"),
        ("say(prompt, value='one half')", "found 'one half'"),
        ("say(prompt, value='1e999999')", "an exponent of at most 5 digits"),
        ("say(prompt, value='0x1p999999')", None),
    ],
)
def test_what_is_no_answer_is_an_error_of_its_prompt_with_its_line(reply: str, why: str | None) -> None:
    found = ask(each(f"if i == 1: {reply}", f"else: {ECHO}"), prompts(3))
    said = found.pop("entropy-1:binary16")
    assert found == bits(0, 2)
    if why is None:
        assert said == Answer(bits="7c00")
        return
    assert said.fault
    assert (said.error or "").startswith("line 2 that the program wrote is no reply: ")
    assert why in (said.error or "")
    assert "the line is '{" in (said.error or "")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("print('ready', flush=True)", "line 1 of .* must be a JSON object with an id and a reply; found 'ready'"),
        ("print(flush=True)", "found ''"),
        ("print('[1]', flush=True)", r"found '\[1\]'"),
        ("""print('{"id": 1, "bits": "3c00"}', flush=True)""", "must be a JSON object with an id"),
        ("""print('{"bits": "3c00"}', flush=True)""", "must be a JSON object with an id"),
        ("""print('{"id": "x", "id": "y", "bits": "3c00"}', flush=True)""", "must be a JSON object with an id"),
        ("""print('{"id": "x", "value": NaN}', flush=True)""", "must be a JSON object with an id"),
        ("print('[' * 100_000, flush=True)", r"\(100,000 characters\)"),
        ("os.write(1, b'\\xff\\xfe\\n')", r"found '\\\\xff\\\\xfe'"),
        ("say({'id': 'entropy-9:binary16'}, bits='3c00')", "found one of no prompt, 'entropy-9:binary16'"),
        (f"{ECHO}\n    {ECHO}", "line 2 .* found one answered twice, 'entropy-0:binary16'"),
        ("print('x' * 1_000_001, flush=True)", "a line must have at most 1,000,000 bytes; found a longer one, 'xxx"),
        ("while True: print('x' * 65_536, end='')", "a line must have at most 1,000,000 bytes"),
        ("while True: print('x')", "found 'x'"),
    ],
)
def test_what_belongs_to_no_prompt_is_refused(line: str, why: str) -> None:
    with pytest.raises(KLExactError, match=why):
        ask(each(line), prompts(3))


def test_a_failing_end_after_the_last_answer_is_refused() -> None:
    with pytest.raises(
        KLExactError, match="must end with exit code 0 after its last reply; found that it ended with exit code 4"
    ):
        ask([*GOOD[:-1], GOOD[-1] + "\nsys.exit(4)"], prompts(3))
    with pytest.raises(KLExactError, match="its last reply; found that it neither took nor wrote a line for 1 s"):
        ask([*GOOD[:-1], GOOD[-1] + "\nsignal.pause()"], prompts(3), timeout=1)


def test_a_failure_that_does_not_come_again_is_not_repaired(tmp_path: Path) -> None:
    once = tmp_path / "once"
    flaky = each(f"if i == 2 and not os.path.exists({str(once)!r}): open({str(once)!r}, 'w'); sys.exit(7)", ECHO)
    with pytest.raises(
        KLExactError, match="must do the same whenever it is asked; found that it ended with exit code 7, with 4 "
    ):
        ask(flaky, prompts(6))


@pytest.mark.parametrize("make", [lambda path: path / "none", lambda path: path], ids=["missing", "a directory"])
def test_a_program_that_cannot_be_started_is_named(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    with pytest.raises(
        KLExactError, match=r"must be a program that can be started; found: (No such file|Permission denied)"
    ):
        ask([str(make(tmp_path))], prompts(1))


def test_a_text_file_is_no_program(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("not a program")
    path.chmod(0o755)
    with pytest.raises(KLExactError, match="can be started; found: Exec format error"):
        ask([str(path)], prompts(1))
    with pytest.raises(KLExactError, match="can be started; found: embedded null byte"):
        ask(["a\0b"], prompts(1))
    with pytest.raises(KLExactError, match="must name a program; found no word"):
        ask([], prompts(1))


def test_prompts_are_there_once() -> None:
    with pytest.raises(KLExactError, match="must be asked something; found no prompt"):
        ask(GOOD, [])
    with pytest.raises(KLExactError, match="each prompt must be asked once; found entropy-1:binary16 2 times"):
        ask(GOOD, [*prompts(2), *prompts(2)[1:]])


def test_a_prompt_that_cannot_be_made_says_why() -> None:
    wrong = case(5, p=described("ramp", 3) | {"sha256": "0" * 64})
    with pytest.raises(InvalidFileError, match="must have the sha256 that it states"):
        ask(GOOD, [*prompts(1), Prompt(wrong, "binary16")])


def test_large_prompts_to_a_program_that_does_not_read_them() -> None:
    large = case(0, p=described("constant", 200_000))
    (said,) = ask(program("sys.exit(1)"), [Prompt(large, "binary16")]).values()
    assert said == Answer(error="the program ended with exit code 1", fault=True)
    (heard,) = ask(each("say(prompt, value=str(len(prompt['p'])))"), [Prompt(large, "binary16")]).values()
    assert heard == Answer(bits="7c00")


def test_much_on_the_standard_error_blocks_nothing_and_its_end_is_quoted() -> None:
    loud = each("sys.stderr.write('e' * 300_000)", "if i == 1: sys.exit('the last words')", ECHO)
    found = ask(loud, prompts(3))
    text = found["entropy-1:binary16"].error or ""
    assert text.endswith("the last words'")
    assert len(text) < 700


def test_commands_are_words_and_no_shell() -> None:
    assert command_of("a 'b c' $HOME \"`d`\"") == ["a", "b c", "$HOME", "`d`"]
    for wrong, why in (("a 'b", "No closing quotation"), ("  ", "found no word")):
        with pytest.raises(KLExactError, match=why):
            command_of(wrong)


def test_a_line_of_the_longest_length_is_taken() -> None:
    with Process(program(f"print('x' * {MAX_LINE - 1})"), [], timeout=60) as process:
        assert [len(line) for line in process] == [MAX_LINE - 1]
    assert process.fault is None


@settings(max_examples=200)
@given(st.sampled_from(sorted(FORMATS)), st.integers(min_value=0))
def test_bits_come_back_as_they_are(dtype: str, n: int) -> None:
    width = FORMATS[dtype].width // 4
    text = f"{n % 16**width:0{width}x}"
    assert answer_in({"id": "", "bits": text}, dtype) == Answer(bits=text)


@given(st.fractions(), st.sampled_from(["binary16", "bfloat16", "binary32", "binary64", "binary128"]))
def test_a_hexadecimal_value_is_rounded_once(x: Fraction, dtype: str) -> None:
    wide = rounded(x.as_integer_ratio(), FORMATS["binary128"], "nearest")
    number = Fraction(wide.value)
    text = json.loads(json.dumps(wide.hex))
    assert (
        answer_in({"id": "", "value": text}, dtype).bits
        == rounded(number.as_integer_ratio(), FORMATS[dtype], "nearest").bits
    )
