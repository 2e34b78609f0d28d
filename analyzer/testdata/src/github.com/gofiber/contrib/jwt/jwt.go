// Package jwtware is a stub.
package jwtware

type SigningKey struct {
	JWTAlg string
	Key    any
}

type Config struct {
	SigningKey SigningKey
	ContextKey string
}

func New(config ...Config) func() { return nil }
