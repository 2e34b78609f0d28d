// Package v1 is a stub.
package v1

type Secret struct {
	Name       string
	Data       map[string][]byte
	StringData map[string]string
}

func (s *Secret) String() string { return "" }
