"""Dates and times as people write them. What two orders could read carries its `order`."""

from __future__ import annotations

from data_agent.importing.form import Form

_D, _M, _Y = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "[12][0-9]{3}"
_NAME = "[A-Za-z]{3}"
_LONG = "[A-Za-z]{3,9}"
_CLOCK = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
_CLOCKS = (
    # pattern after the date, strptime after the date, words
    (f"[ T]{_CLOCK}", " %H:%M", " 14:30"),
    (f"[ T]{_CLOCK}:[0-5][0-9]", " %H:%M:%S", " 14:30:05"),
    (f"[ T]{_CLOCK}:[0-5][0-9]\\.[0-9]{{1,9}}", " %H:%M:%S.%f", " 14:30:05.123"),
    (" (?:0?[1-9]|1[0-2]):[0-5][0-9] ?[AaPp][Mm]", " %I:%M %p", " 2:30 PM"),
    (" (?:0?[1-9]|1[0-2]):[0-5][0-9]:[0-5][0-9] ?[AaPp][Mm]", " %I:%M:%S %p", " 2:30:05 PM"),
)
_DATES = (
    Form("iso", "date", f"{_Y}-{_M}-{_D}", "dates like 2024-12-31"),
    Form("y/m/d", "date", f"{_Y}/{_M}/{_D}", "dates like 2024/12/31", strptime="%Y/%m/%d"),
    Form("y.m.d", "date", f"{_Y}\\.{_M}\\.{_D}", "dates like 2024.12.31", strptime="%Y.%m.%d"),
    Form("d.m.y", "date", f"{_D}\\.{_M}\\.{_Y}", "dates like 31.12.2024", strptime="%d.%m.%Y"),
    Form("d.m.yy", "date", f"{_D}\\.{_M}\\.[0-9]{{2}}", "dates like 31.12.24", strptime="%d.%m.%y"),
    Form(
        "d/m/y",
        "date",
        f"{_D}/{_M}/{_Y}",
        "dates like 31/12/2024",
        strptime="%d/%m/%Y",
        order="dmy",
    ),
    Form(
        "m/d/y",
        "date",
        f"{_M}/{_D}/{_Y}",
        "dates like 12/31/2024",
        strptime="%m/%d/%Y",
        order="mdy",
    ),
    Form(
        "d/m/yy",
        "date",
        f"{_D}/{_M}/[0-9]{{2}}",
        "dates like 31/12/24",
        strptime="%d/%m/%y",
        order="dmy",
    ),
    Form(
        "m/d/yy",
        "date",
        f"{_M}/{_D}/[0-9]{{2}}",
        "dates like 12/31/24",
        strptime="%m/%d/%y",
        order="mdy",
    ),
    Form(
        "d-m-y",
        "date",
        f"{_D}-{_M}-{_Y}",
        "dates like 31-12-2024",
        strptime="%d-%m-%Y",
        order="dmy",
    ),
    Form(
        "m-d-y",
        "date",
        f"{_M}-{_D}-{_Y}",
        "dates like 12-31-2024",
        strptime="%m-%d-%Y",
        order="mdy",
    ),
    Form("d mon y", "date", f"{_D} {_NAME} {_Y}", "dates like 31 Dec 2024", strptime="%d %b %Y"),
    Form("d-mon-y", "date", f"{_D}-{_NAME}-{_Y}", "dates like 31-Dec-2024", strptime="%d-%b-%Y"),
    Form(
        "d-mon-yy", "date", f"{_D}-{_NAME}-[0-9]{{2}}", "dates like 31-Dec-24", strptime="%d-%b-%y"
    ),
    Form(
        "mon d, y", "date", f"{_NAME} {_D}, {_Y}", "dates like Dec 31, 2024", strptime="%b %d, %Y"
    ),
    Form(
        "month d, y",
        "date",
        f"{_LONG} {_D}, {_Y}",
        "dates like December 31, 2024",
        strptime="%B %d, %Y",
    ),
    Form(
        "d month y",
        "date",
        f"{_D} {_LONG} {_Y}",
        "dates like 31 December 2024",
        strptime="%d %B %Y",
    ),
)


def _with_clock(date: Form, clock: tuple[str, str, str]) -> Form:
    pattern, strptime, words = clock
    read = f"{date.strptime or '%Y-%m-%d'}{strptime}"
    return Form(
        f"{date.name}{words}",
        "timestamp",
        date.pattern + pattern.replace("[ T]", " " if date.strptime else "[ T]"),
        f"times like {date.words.removeprefix('dates like ')}{words}",
        strptime=read if date.strptime else "",
        order=date.order,
    )


_ISO_CLOCK = Form(
    "iso time",
    "timestamp",
    f"{_Y}-{_M}-{_D}[ T]{_CLOCK}(?::[0-5][0-9](?:\\.[0-9]{{1,9}})?)?",
    "times like 2024-12-31 14:30:05",
)
_ISO_ZONE = Form(
    "iso time zone",
    "timestamp",
    f"{_ISO_CLOCK.pattern} ?(?:Z|[-+][0-9]{{2}}(?::?[0-9]{{2}})?)",
    "times with an offset from UTC",
    zone=True,
)

# ISO times have forms of their own, which read every precision.
DATES: tuple[Form, ...] = (
    *_DATES,
    _ISO_CLOCK,
    _ISO_ZONE,
    *(_with_clock(date, clock) for date in _DATES[1:] for clock in _CLOCKS),
)
