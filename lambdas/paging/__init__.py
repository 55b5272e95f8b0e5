"""Paging styles: one file per way in which an API says where the next page is."""
