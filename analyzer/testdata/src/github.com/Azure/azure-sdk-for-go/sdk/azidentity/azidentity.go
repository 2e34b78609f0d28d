// Package azidentity is a stub.
package azidentity

type ClientSecretCredential struct{}

func NewClientSecretCredential(tenantID, clientID, clientSecret string, options any) (*ClientSecretCredential, error) {
	return nil, nil
}
