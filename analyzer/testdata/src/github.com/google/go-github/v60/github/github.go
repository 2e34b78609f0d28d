// Package github is a stub.
package github

import "net/http"

func ValidatePayload(r *http.Request, secretToken []byte) ([]byte, error) { return nil, nil }

func ValidateSignature(signature string, payload, secretToken []byte) error { return nil }
