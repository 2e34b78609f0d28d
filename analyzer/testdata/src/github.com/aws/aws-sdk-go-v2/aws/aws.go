// Package aws is a stub.
package aws

func ToString(p *string) string { return *p }
