"""A bank account that adds its movements up whenever it is asked for the balance."""


class Account:
    def __init__(self, balance: int = 0) -> None:
        self._opening = balance
        self._movements: tuple[int, ...] = ()

    @property
    def balance(self) -> int:
        return self._opening + sum(self._movements)

    def deposit(self, amount: int) -> int:
        if amount <= 0:
            raise ValueError(f"{amount} is no positive amount")
        self._movements += (amount,)
        return self.balance

    def withdraw(self, amount: int) -> int:
        if amount <= 0:
            raise ValueError(f"{amount} is no positive amount")
        if amount > self.balance:
            raise OverflowError("more than the balance")
        self._movements += (-amount,)
        return self.balance

    def undo(self) -> int:
        if not self._movements:
            raise LookupError("nothing to undo")
        self._movements = self._movements[:-1]
        return self.balance

    def statement(self) -> list[int]:
        return list(self._movements)
