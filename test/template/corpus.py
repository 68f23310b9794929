"""Writes corpus.json: what the real Jinja2, with Ansible's filters and tests, makes of expressions and templates.

Needs Python 3 with jinja2 3.1 and ansible-core 2.14 (Debian: python3-jinja2, ansible-core):

    /usr/bin/python3 test/template/corpus.py

Each line of expressions.txt and each block of templates.txt is evaluated in the same context. A case is the text and
its value, or the name of the exception ("Undefined" where the result itself is undefined).
"""

import copy
import json
import pathlib
import types

import jinja2
from ansible.plugins.filter.core import FilterModule as CoreFilters
from ansible.plugins.filter.mathstuff import FilterModule as MathFilters
from ansible.plugins.test.core import TestModule as CoreTests
from ansible.plugins.test.mathstuff import TestModule as MathTests
from ansible.template import AnsibleUndefined, _ansible_finalize

HERE = pathlib.Path(__file__).parent
CONTEXT = json.loads((HERE / "context.json").read_text())


def environment():
    env = jinja2.Environment(
        undefined=AnsibleUndefined,
        finalize=_ansible_finalize,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    for module in (CoreFilters(), MathFilters()):
        env.filters.update(module.filters())
    for module in (CoreTests(), MathTests()):
        env.tests.update(module.tests())
    return env


def fresh():
    return copy.deepcopy(CONTEXT)


def plain(value):
    """JSON's idea of the value; what is lazy is made a list."""
    if isinstance(value, jinja2.Undefined):
        raise jinja2.UndefinedError("Undefined")
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple, types.GeneratorType, range)) or hasattr(value, "__iter__"):
        return [plain(item) for item in value]
    raise TypeError(f"no value: {type(value)}")


def case(text, evaluate):
    try:
        value = plain(evaluate(text))
        json.dumps(value, allow_nan=False)
        return {"text": text, "value": value}
    except Exception as error:  # every way to fail is a fact of the corpus
        return {"text": text, "fails": type(error).__name__}


def main():
    env = environment()
    lines = (HERE / "expressions.txt").read_text().split("\n")
    expressions = [line for line in lines if line and not line.startswith("##")]
    templates = (HERE / "templates.txt").read_text().rstrip("\n").split("\n====\n")
    out = [case(text, lambda t: env.compile_expression(t, undefined_to_none=False)(**fresh())) for text in expressions]
    rendered = [case(text, lambda t: env.from_string(t).render(**fresh())) for text in templates]

    def rows(cases):
        return ",\n".join("  " + json.dumps(one, ensure_ascii=False) for one in cases)

    text = '{\n"expressions": [\n' + rows(out) + '\n],\n"templates": [\n' + rows(rendered) + "\n]\n}\n"
    (HERE / "corpus.json").write_text(text)
    print(f"{len(out)} expressions, {len(rendered)} templates")


if __name__ == "__main__":
    main()
