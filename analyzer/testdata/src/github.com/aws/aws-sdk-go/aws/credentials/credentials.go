// Package credentials is a stub.
package credentials

type Credentials struct{}

func NewStaticCredentials(id, secret, token string) *Credentials { return nil }
