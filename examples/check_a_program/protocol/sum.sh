#!/bin/bash
while IFS= read -r line; do
    case $(jq -r .function <<< "$line") in
        solve) jq -c '{id, result: (.args[0] | add)}' <<< "$line" ;;
        *) jq -c '{id, error: "no such function"}' <<< "$line" ;;
    esac
done
