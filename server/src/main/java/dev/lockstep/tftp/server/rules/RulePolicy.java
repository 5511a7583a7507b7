package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.PortModes;
import dev.lockstep.tftp.server.RequestPolicy;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.storage.VirtualPath;
import dev.lockstep.tftp.transfer.TftpException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Rules in their order: the first one that matches a request says how it is treated, and no other. A request that no
 * rule matches is treated by the settings for all. Does not change; to reload is to make another one.
 */
public final class RulePolicy implements RequestPolicy, PortModes {
    private final List<Rule> rules;
    private final Rule otherwise;

    /** Rules, and what holds where none of them matches. */
    RulePolicy(List<Rule> rules, Rule otherwise) {
        this.rules = List.copyOf(rules);
        this.otherwise = otherwise;
    }

    @Override
    public RequestSettings resolve(Request request, InetSocketAddress peer) throws TftpException {
        return ruleFor(request, peer.getAddress()).resolve(peer.getAddress());
    }

    /** A port is chosen before a file is: only the client counts. */
    @Override
    public PortMode forPeer(InetSocketAddress peer) {
        return portRule(peer.getAddress()).ports();
    }

    /** How many rules there are. */
    public int size() {
        return rules.size();
    }

    List<Rule> rules() {
        return rules;
    }

    Rule otherwise() {
        return otherwise;
    }

    /**
     * The rule that decides.
     *
     * @throws TftpException for a name that leads out of every root
     */
    Rule ruleFor(Request request, InetAddress client) throws TftpException {
        String name = String.join("/", VirtualPath.elementsOf(request.filename()));
        boolean write = request instanceof WriteRequest;
        for (Rule rule : rules) {
            if (rule.condition().matches(client, name, write)) {
                return rule;
            }
        }
        return otherwise;
    }

    /** The rule that says which port. */
    Rule portRule(InetAddress client) {
        for (Rule rule : rules) {
            if (rule.ports() != null && rule.condition().concerns(client)) {
                return rule;
            }
        }
        return otherwise;
    }
}
