// Package jose is a stub.
package jose

type SigningKey struct {
	Algorithm string
	Key       any
}
