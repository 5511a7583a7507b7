package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.ForwardingStorage;
import dev.lockstep.tftp.server.storage.Storage;
import java.net.InetSocketAddress;

/** The storage of a rule. The reason of a refusal in the log names the rule. */
final class RuledStorage extends ForwardingStorage {
    private final String rule;
    private final Storage files;

    RuledStorage(String rule, Storage files) {
        super(files);
        this.rule = rule;
        this.files = files;
    }

    @Override
    protected TftpException explained(TftpException failure, Target target) {
        return failure.withReason(failure.reason() == null ? rule : rule + ": " + failure.reason());
    }

    @Override
    public Source tryOpenCached(ReadRequest request, InetSocketAddress peer) {
        return files.tryOpenCached(request, peer);
    }
}
