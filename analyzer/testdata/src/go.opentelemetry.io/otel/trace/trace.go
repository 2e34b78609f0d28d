// Package trace is a stub.
package trace

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
)

type EventOption interface{ apply() }

type Tracer interface {
	Start(ctx context.Context, name string, opts ...EventOption) (context.Context, Span)
}

func WithAttributes(kv ...attribute.KeyValue) EventOption { return nil }

type Span interface {
	SetAttributes(kv ...attribute.KeyValue)
	AddEvent(name string, opts ...EventOption)
	End()
}
