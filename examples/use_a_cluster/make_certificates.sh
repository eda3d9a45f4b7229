#!/bin/sh
# An authority of your own, and one certificate that it signed, for scheduler, workers and CI alike.
# Whoever has key.pem may run code on the cluster: keep it as you keep the key of a server.
set -eu
umask 077
openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/CN=our cluster" \
    -keyout ca-key.pem -out ca.pem
openssl req -newkey rsa:2048 -nodes -subj "/CN=our cluster member" -keyout key.pem -out request.pem
openssl x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -set_serial 1 -days 365 -out cert.pem
rm request.pem
