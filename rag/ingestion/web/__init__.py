"""Articles from the web: addresses, feeds and sitemaps, fetched safely and politely."""
