"""How fast a chatbot adds, finds and answers, over made-up news."""
