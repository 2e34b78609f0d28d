// Package sling is a stub.
package sling

type Sling struct{}

func New() *Sling                             { return nil }
func (s *Sling) Base(rawURL string) *Sling    { return s }
func (s *Sling) Get(pathURL string) *Sling    { return s }
func (s *Sling) Set(key, value string) *Sling { return s }
