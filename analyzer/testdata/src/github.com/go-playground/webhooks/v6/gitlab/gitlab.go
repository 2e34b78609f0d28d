// Package gitlab is a stub.
package gitlab

type Option func()

type WebhookOptions struct{}

var Options = WebhookOptions{}

func (WebhookOptions) Secret(s string) Option { return nil }

func New(options ...Option) any { return nil }
