// Package client is a stub.
package client

func NewRequestValidator(t string) any { return nil }
