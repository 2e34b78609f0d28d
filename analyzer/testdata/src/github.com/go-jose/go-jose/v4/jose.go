// Package jose is a stub.
package jose

type SigningKey struct {
	Algorithm string
	Key       any
}

type JSONWebKey struct {
	Key   any
	KeyID string
}

type JSONWebSignature struct{}

func (JSONWebSignature) Verify(verificationKey any) ([]byte, error) { return nil, nil }
