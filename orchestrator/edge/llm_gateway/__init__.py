"""The LLM gateway: agents ask it at their own bridge's gateway address, and it asks the LLM.

    listeners   one socket per tenant's gateway address, as tenants come and go
    gateway     the ASGI application: who asks, what for, and every refusal
    access      who may ask: source address, local address and token must be one tenant's
    body        what is sent on: known fields, texts only, the operator's model
    slots       how many at a time
    scribe      has what was used written down
    kinds       every way in which there is no answer
    redactor    takes the key out of what endpoints repeat
    books       budgets, and the usage that the controller has not written down yet
    exchange    one question sent on, and its answer streamed back
    upstream    the endpoint: address, key, headers
    meter       tokens, as the LLM reports them, or estimated
    keeper      keeps all of it in step with the controller

The operator's key never leaves this process but to the endpoint, and no text that is asked or
answered is logged or kept.
"""
