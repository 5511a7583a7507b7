# Reads one line for each run: work, server, seconds, bytes, transfers, failures, CPU of the generator, first byte p50 and
# p99, resends, CPU of the server before and after. Prints medians, and the ratios of Lockstep to the best peer.
function median(list,    values, count, i, j, v) {
    count = split(list, values, " ")
    for (i = 2; i <= count; i++) {
        v = values[i] + 0
        for (j = i - 1; j > 0 && values[j] + 0 > v; j--) values[j + 1] = values[j]
        values[j + 1] = v
    }
    return count == 0 ? 0 : count % 2 ? values[(count + 1) / 2] + 0 : (values[count / 2] + values[count / 2 + 1]) / 2
}
function isPeer(server) { return server != "lockstep" && server != "busy-poll" && server != "one-loop" && server !~ /^raw/ }
$4 > 0 {
    key = $1 "|" $2
    if (!($1 in seen)) { seen[$1] = 1; order[++works] = $1 }
    rate[key] = rate[key] " " $4 / $3 / 1e6
    each[key] = each[key] " " ($5 - $6) / $3
    cost[key] = cost[key] " " ($12 - $11) / ($4 / 1e9)
    load[key] = load[key] " " $7 / $3
    first[key] = first[key] " " $9 / 1000
    failures[key] += $6
}
END {
    count = split(servers, name, " ")
    print "| Work | Server | MB/s | files/s | CPU s/GB | first byte p99 ms | generator's CPU | failed |"
    print "|---|---|---|---|---|---|---|---|"
    for (w = 1; w <= works; w++)
        for (s = 1; s <= count; s++) {
            key = order[w] "|" name[s]
            if (!(key in rate)) continue
            spent = 100 * median(load[key])
            printf "| %s | %s | %.1f | %.1f | %.2f | %.1f | %.0f %%%s | %d |\n", order[w], name[s], median(rate[key]),
                median(each[key]), median(cost[key]), median(first[key]), spent,
                (spent >= 90) ? ", at its limit" : "", failures[key]
        }
    print "\n| Work | Best peer | Throughput | with `--busy-poll 50` | with `--event-loops 1` | Server CPU a GB | with `--event-loops 1` | first byte p99 | bare C loop: throughput | CPU |"
    print "|---|---|---|---|---|---|---|---|---|---|"
    for (w = 1; w <= works; w++) {
        best = 0
        for (s = 1; s <= count; s++) {
            key = order[w] "|" name[s]
            if (isPeer(name[s]) && (key in rate) && median(rate[key]) > best) { best = median(rate[key]); peer = name[s] }
        }
        if (best == 0) continue
        ours = order[w] "|lockstep"
        theirs = order[w] "|" peer
        alone = order[w] "|one-loop"
        printf "| %s | %s | %.2f × | %.2f × | %.2f × | %.2f × | %.2f × |", order[w], peer, median(rate[ours]) / best,
            median(rate[order[w] "|busy-poll"]) / best, median(rate[alone]) / best,
            median(cost[ours]) / median(cost[theirs]), median(cost[alone]) / median(cost[theirs])
        if (median(first[theirs]) > 0) printf " %.2f × |", median(first[ours]) / median(first[theirs])
        else printf " – |"
        bare = order[w] "|raw-blocks"
        if (bare in rate) printf " %.2f × | %.2f × |\n", median(rate[bare]) / best, median(cost[bare]) / median(cost[theirs])
        else print " – | – |"
    }
    for (w = 1; w <= works; w++)
        if ((order[w] "|raw") in rate)
            printf "\n%s: %.0f %% of what a raw `UDP_SEGMENT` sender in C does.\n", order[w],
                100 * median(rate[order[w] "|lockstep"]) / median(rate[order[w] "|raw"])
}
