// Package webhook is a stub.
package webhook

func ConstructEvent(payload []byte, header, secret string) (any, error) { return nil, nil }
