package dev.lockstep.tftp.server;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Decides how a request is served. Called once for each request. Operations that may block, such as opening the file,
 * belong in the {@link dev.lockstep.tftp.server.storage.Storage} of the settings.
 */
@EventLoop
@ThreadSafe
@FunctionalInterface
public interface RequestPolicy {
    /** The name of the rule of a request that no rule matches. */
    String NO_RULE = "none";

    /**
     * Returns the settings for a request.
     *
     * @param request the request, with the file name as the client sent it
     * @param peer the source address of the request
     * @return the settings, never null
     * @throws TftpException to refuse the request; it is the ERROR that is sent
     */
    RequestSettings resolve(Request request, InetSocketAddress peer) throws TftpException;

    /**
     * Returns the name of the rule that decides about a request, to count and show it. Called for refused requests.
     *
     * @param request the request, with the file name as the client sent it
     * @param peer the source address of the request
     * @return one of {@link #ruleNames}; by default {@link #NO_RULE}
     */
    default String ruleOf(Request request, InetSocketAddress peer) {
        return NO_RULE;
    }

    /**
     * {@return the names of the rules in force} Refusals are counted for these names only, and for {@link #NO_RULE}. The
     * set must not depend on requests.
     */
    default Set<String> ruleNames() {
        return Set.of();
    }

    /**
     * Returns a policy with the rules of this one and other settings.
     *
     * @param change returns the settings for a peer instead of those of this policy
     * @return the policy, whose rules have the same names
     */
    default RequestPolicy adjusted(BiFunction<RequestSettings, InetSocketAddress, RequestSettings> change) {
        RequestPolicy original = this;
        return new RequestPolicy() {
            @Override
            public RequestSettings resolve(Request request, InetSocketAddress peer) throws TftpException {
                return change.apply(original.resolve(request, peer), peer);
            }

            @Override
            public String ruleOf(Request request, InetSocketAddress peer) {
                return original.ruleOf(request, peer);
            }

            @Override
            public Set<String> ruleNames() {
                return original.ruleNames();
            }
        };
    }
}
