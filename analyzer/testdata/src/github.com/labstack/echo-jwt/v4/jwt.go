// Package echojwt is a stub.
package echojwt

type Config struct {
	SigningKey    any
	SigningMethod string
}

func JWT(signingKey any) any { return nil }
