"""The bank account in use."""


class Account:
    def __init__(self, balance: int = 0) -> None:
        self.balance = balance
        self._movements: list[int] = []

    def deposit(self, amount: int) -> int:
        if amount <= 0:
            raise ValueError("only a positive amount can be deposited")
        return self._move(amount)

    def withdraw(self, amount: int) -> int:
        if amount <= 0:
            raise ValueError("only a positive amount can be withdrawn")
        if amount > self.balance:
            raise OverflowError(f"{amount} is more than the balance of {self.balance}")
        return self._move(-amount)

    def undo(self) -> int:
        if not self._movements:
            raise LookupError("nothing to undo")
        self.balance -= self._movements.pop()
        return self.balance

    def statement(self) -> list[int]:
        return self._movements

    def _move(self, amount: int) -> int:
        self.balance += amount
        self._movements.append(amount)
        return self.balance
