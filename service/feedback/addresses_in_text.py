"""Mail addresses as reports write them: bare, in angle brackets, typed (rfc822;), in xtext or in the escapes of RFC 6533. Pure."""

import re

_NO_PART = r"\s<>()\[\]\",;:@\\|“”：；，。、（）【】「」《》"
_ADDRESS = re.compile(rf"(?:\"[^\"\n@]{{1,64}}\"|[^{_NO_PART}]{{1,128}})@[^{_NO_PART}']{{1,255}}")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_UNITEXT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")


def typed(value: str) -> str:
    """The address of a "type;address" field such as Final-Recipient; "" where it holds none (RFC 3464 2.3.1, RFC 6533 3)."""
    kind, separator, rest = value.partition(";")
    text = rest if separator else kind
    if separator and kind.strip().lower() == "utf-8":
        text = _UNITEXT.sub(lambda found: _character(int(found[1], 16)), text)
    found = first(text)
    return _unescaped(found) if found and kind.strip().lower() == "rfc822" and "+" in found else found


def first(text: str) -> str:
    """The first address in a text, without decoration; "" where there is none."""
    found = _ADDRESS.search(text[:4000])
    return cleaned(found[0]) if found else ""


def every(text: str, most: int = 50) -> list[str]:
    """The addresses in a text in their order, each once."""
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(text):
        found[cleaned(match[0])] = None
        if len(found) >= most:
            break
    return list(found)


def cleaned(address: str) -> str:
    return re.sub(r"^(?:mailto:|smtp:|['`‘“<]+)|[.'’”`>…]+$", "", address.strip(), flags=re.IGNORECASE)


def _unescaped(address: str) -> str:
    """xtext (RFC 3461 section 4): only what stands for something that an address may not hold bare, so that a+41@ stays."""
    return _XTEXT.sub(lambda found: chr(int(found[1], 16)) if found[1] in ("2B", "3D", "40") else found[0], address)


def _character(number: int) -> str:
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else "�"
