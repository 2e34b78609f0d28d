// Package middleware is a stub.
package middleware

type KeyAuthConfig struct {
	KeyLookup string
	Validator func(key string, c any) (bool, error)
}

func BasicAuth(fn func(user, password string, c any) (bool, error)) any { return nil }
