"""What concerns all the files: each test names the ones that break a rule of docs/concepts.md or CONTRIBUTING.md."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = settings.BASE_DIR
APPS = ("regions", "pledges", "resources", "desk")  # each may import those before it

# The layers of an app, lowest first: a module imports only from the layers below its own.
LAYERS = ("enums", "models", "emails", "tasks", "actions", "forms", "views", "admin", "urls")
# Opened from outside, imported by nobody.
DOORS = ("management", "templatetags", "apps")

# Every address that answers without an account. A new page is added here by whoever means it to be public.
PUBLIC = {
    "accessibility",
    "admin:enrol",
    "admin:forgotten",
    "admin:forgotten-sent",
    "admin:login",
    "admin:second-factor",
    "admin:welcome",
    "admin:welcome-password",
    "approve",
    "badge",
    "candidate",
    "code",
    "collection",
    "collection-zip",
    "compare",
    "confirm",
    "contest",
    "contest-first-round",
    "department",
    "contest-sheet",
    "contest-table",
    "corrections",
    "corrections-sent",
    "declare",
    "declare-step",
    "easy",
    "election",
    "elections",
    "election-calendar",
    "email-changed",
    "email-noted",
    "email-refused",
    "embed",
    "embed-list",
    "embed-region",
    "favicon",
    "feed",
    "glossary",
    "health",
    "home",
    "invitation",
    "invitation-refuse",
    "legal-notice",
    "list",
    "list-sheet",
    "method",
    "model-text",
    "model-text-blank",
    "press",
    "press-png",
    "press-svg",
    "press-table",
    "principle",
    "private",
    "private-amend",
    "private-ask",
    "private-asked",
    "private-receipt",
    "private-contact",
    "private-data",
    "private-download",
    "private-email",
    "private-erase",
    "private-erased",
    "private-question",
    "private-withdraw",
    "privacy",
    "prove",
    "region",
    "region-feed",
    "resource",
    "resource-file",
    "resources",
    "resources-feed",
    "resources-zip",
    "robots",
    "search",
    "share-contest",
    "share-election",
    "share-list",
    "share-portal",
    "share-principle",
    "share-region",
    "sign",
    "sign-candidate",
    "sign-candidate-step",
    "sign-list",
    "sign-list-step",
    "site-map",
    "suggestions",
    "sitemap",
    "verify",
    "verify-code",
    "verify-file",
}


# What .gitignore names: made by machines, or kept for one of them.
NOT_OURS = re.compile(r"^(\.git|\.venv|\.env|\.hypothesis|var)$|^(node_modules|__pycache__|\..*_cache)$|\.(mo|pyc)$")


@cache
def files(folder: Path = ROOT) -> tuple[Path, ...]:
    """All that is or would be committed."""
    ours = sorted(path for path in folder.iterdir() if not NOT_OURS.search(path.name))
    return tuple(file for path in ours for file in (files(path) if path.is_dir() else (path,)))


def in_words(paths: Iterator[Path] | list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def code() -> list[Path]:
    """The Python files of the apps and of config."""
    ours = [path for path in files() if path.relative_to(ROOT).parts[0] in (*APPS, "config")]
    return [path for path in ours if path.suffix == ".py" and "migrations" not in path.parts]


def templates() -> list[Path]:
    return [path for path in files() if "templates" in path.parts and path.suffix in (".html", ".txt", ".svg", ".xml")]


# --- Imports ---


def module(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def imported_names(node: ast.AST, package: list[str]) -> Iterator[str]:
    """The modules that run when this one does: what is imported for types alone does not count."""
    for child in ast.iter_child_nodes(node):
        if is_for_types_only(child):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            start = ".".join(package[: len(package) + 1 - child.level]) if child.level else ""
            base = ".".join(filter(None, (start, child.module)))
            yield from (f"{base}.{alias.name}" for alias in child.names)
        else:
            yield from imported_names(child, package)


@cache
def graph() -> dict[str, set[str]]:
    """Which of our modules imports which."""
    known = {module(path) for path in code()}
    imports = {}
    for path in code():
        name = module(path)
        package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
        found = set()
        for target in imported_names(ast.parse(path.read_text()), package):
            found.update({target, target.rpartition(".")[0]} & known)
        imports[name] = found - {name}
    return imports


def test_apps_import_in_one_direction():
    order = (*APPS, "config")

    backwards = [
        f"{name} imports {target}"
        for name, targets in graph().items()
        for target in targets
        if order.index(target.split(".")[0]) > order.index(name.split(".")[0])
    ]

    assert backwards == []


def layer(name: str) -> int | None:
    part = name.split(".")[1] if "." in name else ""
    return LAYERS.index(part) if part in LAYERS else len(LAYERS) if part in DOORS else None


@cache
def height(name: str) -> int:
    """The layer of a module; for one that no layer names (a calendar, a search), that of the highest it stands on."""
    own = layer(name)
    if own is not None:
        return own
    app = name.partition(".")[0]
    return max((height(target) for target in graph()[name] if target.partition(".")[0] == app), default=-1)


def test_a_module_imports_only_from_the_layers_below_its_own():
    upwards = [
        f"{name} imports {target}"
        for name, targets in graph().items()
        for target in targets
        if layer(name) is not None
        and name.split(".")[:1] == target.split(".")[:1]
        and name.split(".")[:2] != target.split(".")[:2]
        and height(target) >= height(name)
    ]

    assert upwards == []


def test_no_module_is_named_after_nothing():
    assert in_words(path for path in files() if path.name in ("utils.py", "helpers.py", "misc.py")) == []


# --- Templates ---

DJANGO_CHOOSES = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}


def test_every_template_is_used():
    sources = {path: path.read_text() for path in (*code(), *templates())}

    unused = []
    for path in templates():
        name = str(path).split("/templates/", 1)[1]
        overrides = any(
            (Path(django.__file__).parent / "contrib" / app / "templates" / name).exists() for app in ("admin", "auth")
        )
        quoted = re.compile(rf"""["']{re.escape(name)}["'#]""")
        named = any(quoted.search(text) for other, text in sources.items() if other != path)
        # A family of templates may be named by its folder: f"emails/{kind}.txt".
        family = any(f'f"{path.parent.name}/{{' in text for text in sources.values())
        if not (named or overrides or family or name in DJANGO_CHOOSES):
            unused.append(name)

    assert unused == []


@pytest.mark.parametrize(
    "forbidden",
    [
        pytest.param(r"<[^>]*\sstyle\s*=", id="inline style"),
        pytest.param(r"<style(?![^>]*nonce)", id="style element"),
        pytest.param(r"<[^>]*\son[a-z]+\s*=", id="inline handler"),
        pytest.param(r"<script(?![^>]*(\bsrc=|nonce=|application/(ld\+)?json))", id="script without source or nonce"),
        pytest.param(r"javascript:", id="javascript address"),
        pytest.param(r"\|\s*safe\b|{%\s*autoescape off", id="unescaped"),
    ],
)
def test_templates_hold_nothing_that_the_security_policy_refuses(forbidden):
    # A mail is no page of ours: no policy of ours reaches it, and it carries its own style.
    pages = [path for path in templates() if path.suffix != ".txt" and path.parent.name != "emails"]

    assert in_words(path for path in pages if re.search(forbidden, path.read_text())) == []


# --- Addresses ---


def routes(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            yield f"{namespace}{pattern.name or pattern.pattern}", pattern


def test_public_addresses_are_those_of_the_list():
    public = {name for name, pattern in routes() if not getattr(pattern.callback, "login_required", True)}

    assert public == PUBLIC


# --- Packages and settings ---

HOSTS = ("pypi" + ".org", "python" + "hosted", "npm" + "js.", "deb." + "debian", "yarn" + "pkg", "crates" + ".io")


def test_no_file_names_a_package_registry():
    named = [path for path in files() if any(host.encode() in path.read_bytes() for host in HOSTS)]

    assert in_words(named) == []


def test_each_dependency_says_why_it_is_here():
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)

    for dependency in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"]):
        assert re.search(rf'"{re.escape(dependency)}",\s+# \w', text), dependency


def test_each_environment_variable_is_documented():
    read = {
        name
        for path in (*code(), *(ROOT / "bin").glob("*.py"))
        for name in re.findall(r"""env(?:iron)?(?:\.\w+)?[(\[]\s*["']([A-Z_]+)["']""", path.read_text())
    }
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))

    assert read - {"DJANGO_SETTINGS_MODULE"} == documented


def test_each_command_of_the_documentation_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pages = [path for path in files() if path.suffix == ".md"]

    for page in pages:
        named = set(re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)", page.read_text()))
        assert named <= targets, page


# --- The journal ---


def test_one_function_writes_the_journal():
    """Whoever creates an entry elsewhere creates one that nobody signed: it would stay out of the chain."""
    creates = re.compile(r"JournalEntry\(|JournalEntry\.objects\.(bulk_|get_or_|update_or_)?create\(|Seal\(")
    writers = [path for path in code() if creates.search(re.sub(r"class \w+\(.*", "", path.read_text()))]

    assert in_words(writers) == ["pledges/actions/recording.py", "pledges/actions/sealing.py"]


def test_no_text_to_translate_hides_in_an_f_string():
    """Where xgettext does not see it: no catalogue would have it."""
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in code()
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for node in ast.walk(text)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"_", "gettext", "ngettext", "pgettext"}
    ]

    assert hidden == []
