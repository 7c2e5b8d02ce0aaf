"""How often rules were met in one package: more of the same tells nobody anything new."""

from collections import Counter

HITS_OF_A_RULE = 100


class Tally:
    """Counts what is met; `exhausted` are the rules that need not look any further."""

    def __init__(self) -> None:
        self._met: Counter[str] = Counter()
        self.exhausted: set[str] = set()

    def takes(self, rule_id: str) -> bool:
        """Count one more; tell whether it is to be told."""
        if rule_id in self.exhausted:
            return False
        self._met[rule_id] += 1
        if self._met[rule_id] == HITS_OF_A_RULE:
            self.exhausted.add(rule_id)
        return True
