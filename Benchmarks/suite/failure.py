"""The one error of this benchmark: what went wrong, in words for the person who ran it."""


class Failure(Exception):
    pass
