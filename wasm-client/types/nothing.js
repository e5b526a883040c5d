/** The types of a framework are types alone. */
