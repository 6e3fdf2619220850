"""The reader's site: templates, metadata, downloads and search around the pages that Sphinx writes.

A chapter tells the site about its page by publishing an output of the type `published.MIME`.
"""
