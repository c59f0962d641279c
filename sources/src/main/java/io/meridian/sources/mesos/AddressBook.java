package io.meridian.sources.mesos;

import io.meridian.domain.net.IpAddress;

import java.util.List;

/** What hosts stand for, as far as it is known by now. */
@FunctionalInterface
interface AddressBook {
    /**
     * @param host an address or a name
     * @return the address itself; of a name all that are known, none while it is being looked up
     */
    List<IpAddress> of(String host);
}
