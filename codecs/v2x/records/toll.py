"""The data of a toll transaction (T/CSAE 157-2020, module VPM): data read from and written to the vehicle's unit.

Octets whose inside belongs to the electronic toll system stay octets.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from v2x import units
from v2x.records import names_ii
from v2x.records.bsm import DateTime
from v2x.records.common import Identity, Octet, Record, Word
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import POSITION, Position

Octets4: TypeAlias = Annotated[bytes, Limits(4, 4)]
File: TypeAlias = Annotated[bytes, Limits(127, 127)]
Length: TypeAlias = Annotated[int, Limits(0, 127)]
Offset: TypeAlias = Annotated[int, Limits(0, 32767)]
Apdus: TypeAlias = tuple[File, ...]


class Date(Record, frozen=True, kw_only=True):
    """A day."""

    year: Annotated[int | None, Wire("year", units.YEAR)]
    month: Annotated[int | None, Wire("month", units.MONTH)]
    day: Annotated[int | None, Wire("day", units.DAY)]


class SystemInfo(Record, frozen=True, kw_only=True):
    """The contract with the toll system (SysInfo)."""

    provider: Annotated[Identity, Wire("contractProvider")]
    type: Annotated[int, Wire("contractType")]
    version: Annotated[int, Wire("contractVersion")]
    serial_number: Annotated[Identity, Wire("contractSerialNumer")]
    signed: Annotated[Date, Wire("contractSignedDate")]
    expires: Annotated[Date, Wire("contractExpiredDate")]
    reserved: Annotated[bytes, Limits(64, 64), Wire("reserved")]


class VehicleDimensions(Record, frozen=True, kw_only=True):
    """Outer dimensions; the wire has decimetres."""

    length_m: Annotated[float, Wire("vehicleLength", units.DECIMETRES)]
    width_m: Annotated[float, Wire("vehicleWidth", units.SHORT_DECIMETRES)]
    height_m: Annotated[float, Wire("vehicleHeigth", units.SHORT_DECIMETRES)]


class VehicleInfo(Record, frozen=True, kw_only=True):
    """The vehicle as it is registered for toll."""

    plate: Annotated[bytes, Limits(12, 12), Wire("vehicleLicencePlateNumber")]
    plate_colour: Annotated[bytes, Limits(2, 2), Wire("vehicleLicencePlateColor")]  # see VPM.asn
    tolling_class: Annotated[int, Wire("vehicleTollingClass")]  # 1..6 cars, 11..16 trucks
    user_type: Annotated[int, Wire("vehicleUserType")]  # see VPM.asn
    dimensions: Annotated[VehicleDimensions, Wire("vehicleDimensions")]
    wheels: Annotated[Length, Wire("vehicleWheels")]
    axles: Annotated[Length, Wire("vehicleAxles")]
    wheel_bases: Annotated[Word, Wire("vehicleWheelBases")]
    weight_limits: Annotated[int, Limits(0, 16_777_215), Wire("vehicleWeightLimits")]  # kg; of cars: seats
    specific: Annotated[bytes, Limits(16, 16), Wire("vehicleSpecificInformation")]
    engine_number: Annotated[bytes, Limits(16, 16), Wire("vehicleEngineNumber")]
    description: Annotated[Annotated[bytes, Limits(1, 256)] | None, Wire("description")] = None


class TollingPosition(Record, frozen=True, kw_only=True):
    """A station or gantry (TollingPos)."""

    id: Annotated[int, Wire("id")]
    position: Annotated[Position | None, Wire("pos", POSITION)] = None


class PassedPosition(Record, frozen=True, kw_only=True):
    """When a station or gantry was passed (PassedPos)."""

    place: Annotated[TollingPosition, Wire("tollingPos")]
    time: Annotated[DateTime, Wire("tollingTime")]
    amount: Annotated[Octets4 | None, Wire("tollingAmount")] = None


class PassedSites(Record, frozen=True, kw_only=True):
    """The way of the vehicle through the toll system (PassedSitesInfo)."""

    entrance: Annotated[PassedPosition | None, Wire("entranceInfo")] = None
    passed: Annotated[tuple[PassedPosition, ...], Limits(2, 512, empty=True), Wire("passedPos")] = ()


class FileRange(Record, frozen=True, kw_only=True):
    """Which octets of a file (RangeOfFile)."""

    offset: Annotated[Offset, Wire("offset")]
    length: Annotated[Length, Wire("length")]


class FilePart(Record, frozen=True, kw_only=True):
    """Some octets of a file (PartOfFile)."""

    offset: Annotated[Offset, Wire("offset")]
    length: Annotated[Length, Wire("length")]
    content: Annotated[File, Wire("fileContent")]


class GetTollDataRequest(Record, frozen=True, kw_only=True, tag="getTollDataRq"):
    """Read files."""

    vehicle: Annotated[FileRange, Wire("vehicleInfo")]
    toll: Annotated[FileRange | None, Wire("tollInfo")] = None
    key_id: Annotated[Octet | None, Wire("keyIdForAC")] = None


class GetTollDataResponse(Record, frozen=True, kw_only=True, tag="getTollDataRs"):
    """The files."""

    vehicle: Annotated[File, Wire("vehicleInfo")]
    toll: Annotated[File | None, Wire("tollInfo")] = None


class GetSecureRequest(Record, frozen=True, kw_only=True, tag="getSecureRq"):
    """Read a file with a proof of where it comes from."""

    vehicle: Annotated[FileRange, Wire("vehicleInfo")]
    nonce: Annotated[Identity, Wire("rndRsuForAuthen")]
    authentication_key_id: Annotated[Octet, Wire("keyIdForAuthen")]
    encryption_key_id: Annotated[Octet | None, Wire("keyIdForEncrypt")] = None


class GetSecureResponse(Record, frozen=True, kw_only=True, tag="getSecureRs"):
    """The proof."""

    file: Annotated[FileRange, Wire("file")]
    authenticator: Annotated[Identity, Wire("authenticator")]


class TransactionParameters(Record, frozen=True, kw_only=True):
    """The data to book (TransPara)."""

    amount: Annotated[Octets4, Wire("transAmount")]
    type: Annotated[bytes, Limits(1, 1), Wire("transType")]
    terminal_id: Annotated[bytes, Limits(6, 6), Wire("terminalID")]
    serial_number: Annotated[Octets4, Wire("transSN")]
    time: Annotated[bytes, Limits(7, 7), Wire("transTime")]
    station_id: Annotated[bytes, Limits(3, 3), Wire("transStationID")]


class SetTollDataRequest(Record, frozen=True, kw_only=True, tag="setTollDataRq"):
    """Book a toll and write files."""

    nonce: Annotated[Identity | None, Wire("rndRSU")] = None
    parameters: Annotated[TransactionParameters | None, Wire("transPara")] = None
    toll: Annotated[FilePart | None, Wire("tollInfo")] = None
    place: Annotated[TollingPosition | None, Wire("tollingPos")] = None
    key_id: Annotated[Octet | None, Wire("keyIdForAuthen")] = None


class AccountInfo(Record, frozen=True, kw_only=True):
    """The payer."""

    account: Annotated[bytes, Limits(2, 32), Wire("account")]


class TransactionCredential(Record, frozen=True, kw_only=True):
    """The receipt (TransCredential)."""

    credential: Annotated[bytes, Wire("tc")]  # 32 octets, others in later editions


class SetTollDataResponse(Record, frozen=True, kw_only=True, tag="setTollDataRs"):
    """The data that were booked."""

    tac: Annotated[Octets4 | None, Wire("tacInfo")] = None
    authenticator: Annotated[Identity | None, Wire("authenticator")] = None
    account: Annotated[AccountInfo | None, Wire("accountInfo")] = None
    credential: Annotated[TransactionCredential | None, Wire("transCredential")] = None


class ChannelRequest(Record, frozen=True, kw_only=True, tag="transferChannelRq"):
    """Commands to a part of the unit."""

    channel: Annotated[names_ii.Channel, Wire("channelid")]
    apdus: Annotated[Apdus, Wire("apdu")]


class ChannelResponse(Record, frozen=True, kw_only=True, tag="transferChannelRs"):
    """Its answers."""

    channel: Annotated[names_ii.Channel, Wire("channelid")]
    apdus: Annotated[Apdus, Wire("apdu")]


class SetMmiRequest(Record, frozen=True, kw_only=True, tag="setMMIRq"):
    """Information for the driver."""

    result: Annotated[names_ii.TollResult, Wire("toll")]


Transaction: TypeAlias = (
    GetTollDataRequest
    | GetTollDataResponse
    | GetSecureRequest
    | GetSecureResponse
    | SetTollDataRequest
    | SetTollDataResponse
    | ChannelRequest
    | ChannelResponse
    | SetMmiRequest
)
