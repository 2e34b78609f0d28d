// Package bcrypt is a stub.
package bcrypt

func GenerateFromPassword(password []byte, cost int) ([]byte, error) { return nil, nil }
func CompareHashAndPassword(hashedPassword, password []byte) error   { return nil }
