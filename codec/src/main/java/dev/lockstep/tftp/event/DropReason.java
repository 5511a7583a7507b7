package dev.lockstep.tftp.event;

/** The reason for which a server dropped a datagram without a reply. */
public enum DropReason {
    /** The datagram was sent to a broadcast or multicast address (RFC 1123, section 4.2.3.5). */
    BROADCAST_OR_MULTICAST("sent to a broadcast or multicast address"),
    /** The datagram was received on a wildcard address before each address had its own socket. */
    UNKNOWN_DESTINATION("received before each address had its own socket"),
    /** The datagram was not TFTP. */
    MALFORMED("malformed"),
    /** The datagram was not a request and belonged to no transfer. */
    NOT_A_REQUEST("not a request"),
    /** The datagram was not a request and belonged to no transfer of this replica, but perhaps to one of another. */
    UNKNOWN_TRANSFER("no transfer of this replica"),
    /** The request was received while the replica drains; another replica can serve it when it is repeated. */
    DRAINING("replica drains"),
    /** The request exceeded the rate limit for peers whose address is not validated. */
    UNVALIDATED_RATE_LIMIT("rate limit for unvalidated peers");

    private final String text;

    DropReason(String text) {
        this.text = text;
    }

    /** Returns the reason in words, as in the log. */
    @Override
    public String toString() {
        return text;
    }
}
