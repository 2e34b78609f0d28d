// Package ssh is a stub.
package ssh

type AuthMethod interface{}
type Signer interface{}

func Password(secret string) AuthMethod                                         { return nil }
func ParsePrivateKey(pemBytes []byte) (Signer, error)                           { return nil, nil }
func ParsePrivateKeyWithPassphrase(pemBytes, passPhrase []byte) (Signer, error) { return nil, nil }
func PasswordCallback(prompt func() (secret string, err error)) AuthMethod      { return nil }
