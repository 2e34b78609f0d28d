// Package option is a stub.
package option

type ClientOption interface{}

func WithAPIKey(apiKey string) ClientOption     { return nil }
func WithCredentialsJSON(p []byte) ClientOption { return nil }
