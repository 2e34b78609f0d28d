// Package options is a stub.
package options

type ClientOptions struct{}

type Credential struct {
	Username string
	Password string
}

func Client() *ClientOptions                                { return nil }
func (o *ClientOptions) ApplyURI(uri string) *ClientOptions { return o }
