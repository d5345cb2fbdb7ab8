// The same for the pages on which a site is set up, and for login.

export const SETUP = {
  // login
  "Log in": "登录",
  "Log out": "退出登录",
  "No user has been made yet. The box shows a one-time code at its first start, and with the command rsu page. With it you make the first administrator here.":
    "尚无用户。设备首次启动时显示一次性代码，也可用命令 rsu page 查看。请在此用该代码创建首个管理员。",
  "First administrator": "首个管理员",
  "One-time code": "一次性代码",
  "Name": "用户名",
  "Password": "密码",
  "I have a one-time code": "我有一次性代码",
  // access
  "Pages": "页面",
  "Live page": "实时页面",
  "Access": "访问与用户",
  "Open this page on a phone": "在手机上打开此页面",
  "Other machines cannot reach this page: the site file has no page.https.": "其他设备无法访问此页面：站点文件中没有 page.https。",
  "QR code with the address and the fingerprint": "含地址与指纹的二维码",
  "The browser warns of a certificate that it does not know. Go on only if it shows this SHA-256 fingerprint:":
    "浏览器会提示证书不受信任。仅当其显示的 SHA-256 指纹与此一致时才继续：",
  "Users": "用户",
  "Role": "角色",
  "Make or change a user": "新建或修改用户",
  "view: see everything": "查看：可查看全部内容",
  "tune: also sensors, signals, lane map, recordings": "调试：还可修改传感器、信号、车道地图和录制",
  "administer: everything": "管理：全部权限",
  "Password, at least 10 characters; empty: it stays": "密码，至少 10 个字符；留空则不变",
  "Save": "保存",
  "Remove": "删除",
  "Remove {}": "删除 {}",
  "Remove the user {}?": "是否删除用户 {}？",
  "Changes made": "更改记录",
  "By": "操作者",
  "Change": "更改",
  "Before": "之前",
  "After": "之后",
  "Outcome": "结果",
  "The log was changed at {}, line {}.": "日志在 {} 第 {} 行被改动。",
  "The log is whole: each entry holds the hash of the one before.": "日志完整：每条记录包含前一条的散列值。",
};
