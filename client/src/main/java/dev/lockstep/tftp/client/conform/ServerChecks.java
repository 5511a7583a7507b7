package dev.lockstep.tftp.client.conform;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All checks of servers. */
final class ServerChecks {
    private static final List<Check<ServerProbe>> ALL = sorted();

    private ServerChecks() {}

    /** Returns the checks in the order of the table of cases. */
    static List<Check<ServerProbe>> all() {
        return ALL;
    }

    private static List<Check<ServerProbe>> sorted() {
        List<Check<ServerProbe>> all = new ArrayList<>();
        all.addAll(DownloadChecks.all());
        all.addAll(UploadChecks.all());
        all.addAll(OptionChecks.all());
        all.addAll(RequestChecks.all());
        List<String> order = List.copyOf(ProtocolCase.all().keySet());
        all.sort(Comparator.comparing((Check<ServerProbe> check) ->
                        order.indexOf(check.protocolCase().id()))
                .thenComparing(Check::id));
        return List.copyOf(all);
    }
}
