"""Made-up people whom a letter gives away, to show that nothing of them passes the intake.

Nobody real: the telephone numbers lie in a block of the prefix 199 that ends in the form 0000nnnn, and the
identity numbers begin with 440399, a district code that was never given out, with a correct check digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from producers.sources.synthetic.chance import Chance

SURNAMES: Final = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛超秀霞平刚桂英华玉兰萍红建国志明海燕文斌慧婷雪梅晓东宇航子轩"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


@dataclass(frozen=True, slots=True)
class Resident:
    """What must not be seen anywhere but in the raw topic."""

    name: str
    phone: str
    identity: str
    home: str
    """Number of the home's door."""


def draw_resident(chance: Chance) -> Resident:
    """Make somebody up."""
    given = "".join(chance.sample(GIVEN, chance.choice((1, 2, 2))))
    return Resident(
        name=chance.choice(SURNAMES) + given,
        phone=f"1990000{chance.randrange(10_000):04}",
        identity=_identity(chance),
        home=f"{chance.randint(2, 31)}{chance.randint(1, 8):02}",
    )


def _identity(chance: Chance) -> str:
    """Return an identity number by GB 11643: 17 digits and a check digit, ISO 7064 MOD 11-2."""
    digits = f"440399{chance.randint(1950, 2000)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    digits += f"{chance.randrange(1, 1000):03}"
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11
    return digits + _CHECKS[rest]
