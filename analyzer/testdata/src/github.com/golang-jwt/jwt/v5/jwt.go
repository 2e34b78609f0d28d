// Package jwt is a stub.
package jwt

type Token struct{}

type Keyfunc func(*Token) (any, error)

func (t *Token) SignedString(key any) (string, error)       { return "", nil }
func Parse(tokenString string, key Keyfunc) (*Token, error) { return nil, nil }
func New() *Token                                           { return nil }
