// Package pgx is a stub.
package pgx

import "context"

type Conn struct{}

func Connect(ctx context.Context, connString string) (*Conn, error) { return nil, nil }
