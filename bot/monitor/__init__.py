"""Counts without people: what is counted (`events`), how it is kept (`counts`, `recorder`) and what of it may be shown (`disclose`)."""
