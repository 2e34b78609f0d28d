// Package resty is a stub.
package resty

type Client struct{}
type Request struct{}
type Response struct{}

func (*Client) R() *Request                                   { return nil }
func (r *Request) SetQueryParam(param, value string) *Request { return r }
func (r *Request) SetAuthToken(token string) *Request         { return r }
func (r *Request) SetPathParam(param, value string) *Request  { return r }
func (r *Request) SetHeader(header, value string) *Request    { return r }
func (r *Request) Get(url string) (*Response, error)          { return nil, nil }
