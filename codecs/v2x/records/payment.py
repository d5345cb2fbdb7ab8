"""VPM, paying on the road (T/CSAE 157-2020, module VPM): payer, service, and how the payment begins.

The data of toll transactions are in `toll`.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated, TypeAlias

from v2x import units
from v2x.records import names_ii
from v2x.records.bsm import DateTime
from v2x.records.common import Identity, MsgCount, NodeReferenceId, Record
from v2x.records.rsi import ReferencePath
from v2x.records.toll import PassedSites, SystemInfo, Transaction, VehicleInfo
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import POSITION, Position

Fen: TypeAlias = Annotated[int, Limits(0, 424_967_295)]  # 0.01 CNY; the upper limit as printed


class TollingNode(Record, frozen=True, kw_only=True):
    """The station or gantry (TollingNodeInfo)."""

    id: Annotated[int | None, Wire("id")] = None
    position: Annotated[Position | None, Wire("pos", POSITION)] = None
    type: Annotated[names_ii.TollingNode | None, Wire("tollingNodeType")] = None
    direction: Annotated[names_ii.TollingDirection | None, Wire("tollingDirection")] = None


class TollInfo(Record, frozen=True, kw_only=True):
    """The fee, and the way for which it is paid; positions travel relative to the station."""

    price_fen: Annotated[Fen | None, Wire("price")] = None
    entrance: Annotated[Position | None, Wire("entrancePos", relative=True)] = None
    exit: Annotated[Position | None, Wire("exitPos", relative=True)] = None
    road: Annotated[tuple[NodeReferenceId, ...], Limits(2, 256, empty=True), Wire("tollRoad")] = ()
    path: Annotated[ReferencePath | None, Wire("tollPath")] = None
    begin: Annotated[DateTime | None, Wire("timeBegin")] = None
    end: Annotated[DateTime | None, Wire("timeEnd")] = None


class PaymentInfo(Record, frozen=True, kw_only=True, tag="paymentInfoType1"):
    """The fee (PaymentInfoType1)."""

    node: Annotated[TollingNode | None, Wire("tollingNodeInfo", reference=attrgetter("position"))] = None
    toll: Annotated[TollInfo | None, Wire("tollInfo")] = None
    service: Annotated[Annotated[bytes, Limits(1, 512)] | None, Wire("serviceInfo")] = None


class PaymentApplication(Record, frozen=True, kw_only=True):
    """One thing that can be paid for (ApplicationParameter)."""

    entity: Annotated[names_ii.PaymentEntity | None, Wire("pid")]  # None: one of a later edition
    info: Annotated[PaymentInfo | None, Wire("paymentInfo")]  # None: one of a later edition


class ServiceTable(Record, frozen=True, kw_only=True, tag="initialzation-request"):
    """The services that the roadside offers (RST)."""

    time: Annotated[DateTime, Wire("time")]
    id: Annotated[Identity, Wire("id")]  # of the RSU
    applications: Annotated[tuple[PaymentApplication, ...], Limits(1, 16), Wire("paymentList")]


class IcCard(Record, frozen=True, kw_only=True):
    """Content of the card in the unit (GBICCInfo); up to 127 octets each, more in later editions."""

    issue: Annotated[bytes, Wire("iccIssueInfo")]
    toll: Annotated[bytes, Wire("iccUniTollInfo")]
    balance: Annotated[bytes, Wire("iccBalance")]


class ObuPaymentInfo(Record, frozen=True, kw_only=True, tag="obuPaymentInfoType1"):
    """Content of the unit in the vehicle (OBUPaymentInfoType1)."""

    equipment_class: Annotated[names_ii.EquipmentClass | None, Wire("equipmentClass")] = None
    card: Annotated[IcCard | None, Wire("gbiCCInfo")] = None
    system: Annotated[SystemInfo | None, Wire("sysInfo")] = None
    vehicle: Annotated[VehicleInfo | None, Wire("vehicleInfo")] = None
    passed: Annotated[PassedSites | None, Wire("passedSitesInfo")] = None


class ObuApplication(Record, frozen=True, kw_only=True):
    """One thing that the vehicle can pay for (VPApplicationParameter)."""

    entity: Annotated[names_ii.PaymentEntity | None, Wire("pid")]  # None: one of a later edition
    info: Annotated[ObuPaymentInfo | None, Wire("obuPaymentInfo")]  # None: one of a later edition


class ObuMotion(Record, frozen=True, kw_only=True):
    """Where the vehicle is and how it moves (OBUMotionStatus)."""

    position: Annotated[Position | None, Wire("pos", POSITION)] = None
    heading_deg: Annotated[float | None, Wire("heading", units.HEADING)] = None
    speed_mps: Annotated[float | None, Wire("speed", units.SPEED)] = None


class ObuInfo(Record, frozen=True, kw_only=True):
    """Kind of the unit in the vehicle."""

    type: Annotated[names_ii.ObuType | None, Wire("obuType")]  # None: one of a later edition
    motion: Annotated[ObuMotion | None, Wire("obuMotionStatus")] = None


class VehicleServiceInfo(Record, frozen=True, kw_only=True, tag="initialzation-response"):
    """The vehicle's answer (VSI)."""

    time: Annotated[DateTime, Wire("time")]
    obu_id: Annotated[Identity, Wire("obuId")]
    target_id: Annotated[Identity | None, Wire("targetId")] = None
    obu: Annotated[ObuInfo | None, Wire("obuInfo")] = None
    applications: Annotated[tuple[ObuApplication, ...], Limits(0, 16), Wire("vpapplicationList")] = ()
    nonce: Annotated[Identity | None, Wire("rndOBU")] = None


class ActionRequest(Record, frozen=True, kw_only=True, tag="action-request"):
    """A step of the transaction, asked for."""

    time: Annotated[DateTime, Wire("time")]
    mode: Annotated[bool, Wire("mode")]
    source_id: Annotated[Identity, Wire("sourceId")]
    target_id: Annotated[Identity | None, Wire("targetId")] = None
    entity: Annotated[names_ii.PaymentEntity | None, Wire("paymentEntityId")]  # None: one of a later edition
    parameter: Annotated[Transaction | None, Wire("actionParameter")]  # None: one of a later edition
    credentials: Annotated[Identity | None, Wire("accessCredentials")] = None


class ActionResponse(Record, frozen=True, kw_only=True, tag="action-response"):
    """A step of the transaction, done or refused."""

    time: Annotated[DateTime, Wire("time")]
    source_id: Annotated[Identity, Wire("sourceId")]
    target_id: Annotated[Identity | None, Wire("targetId")] = None
    entity: Annotated[names_ii.PaymentEntity | None, Wire("paymentEntityId")]  # None: one of a later edition
    parameter: Annotated[Transaction | None, Wire("responseParameter")] = None
    status: Annotated[names_ii.ReturnStatus | None, Wire("ret")]  # None: one of a later edition


Payment: TypeAlias = ServiceTable | VehicleServiceInfo | ActionRequest | ActionResponse


class VehiclePaymentMessage(Record, frozen=True, kw_only=True, tag="VehiclePaymentMessage"):
    """One message of a payment."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    payment: Annotated[Payment | None, Wire("payment")]  # None: one of a later edition
