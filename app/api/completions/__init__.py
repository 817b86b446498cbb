"""An institution's assistant behind OpenAI's chat completions, for clients that know no other form."""
