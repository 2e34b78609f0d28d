// Package jwt is a stub.
package jwt

func WithKey(alg, key any) any { return nil }
